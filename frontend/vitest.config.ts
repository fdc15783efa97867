import { configDefaults, defineConfig } from "vitest/config";

/** What takes a minute or more is run by `npm run test-slow`. */
const SLOW = "tests/**/*.slow.test.ts";
const isSlow = process.env["TESTS"] === "slow";

export default defineConfig({
  test: {
    include: [isSlow ? SLOW : "tests/**/*.test.ts"],
    exclude: isSlow ? configDefaults.exclude : [...configDefaults.exclude, SLOW],
    environment: "node",
    // Scenes wait for a browser most of the time: one at a time would leave processors idle.
    maxWorkers: isSlow ? 1 : 4,
  },
});
