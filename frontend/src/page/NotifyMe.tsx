/** The button that turns the browser's own notices on. Nothing is asked of anybody without a click. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../view/icons";
import { onPermissionChange, permission, turnOff, turnOn, type Permission } from "../browser_notices";

const WHY_NOT: Partial<Record<Permission, string>> = {
  insecure:
    "This browser shows notifications only for pages that come over https, or from this machine (localhost). " +
    "Open the page by such an address.",
  blocked:
    "Notifications of this page are blocked. Allow them in the browser's settings for this site (the sign beside " +
    "its address), then click again.",
};

const MEANS: Partial<Record<Permission, string>> = {
  on: "The browser tells when a run ends, fails or stalls, and of health and deployments, while no tab with a view of them is looked at. Click to turn it off.",
  off: "Have the browser tell when a run ends, fails or stalls, also while another tab or window is in front.",
};

/** `children`: what else there is to set of notices. */
export function NotifyMe({ children }: { children?: ComponentChildren }): JSX.Element | null {
  const [now, setNow] = useState<Permission>(permission);
  const [problem, setProblem] = useState("");
  useEffect(() => onPermissionChange(() => setNow(permission())), []);
  if (now === "unsupported") return children ? <div class="jpp-notify">{children}</div> : null;
  const click = async (): Promise<void> => {
    const next = now === "on" ? turnOff() : await turnOn();
    setNow(next);
    setProblem(WHY_NOT[next] ?? "");
  };
  return (
    <div class="jpp-notify" onKeyDown={({ key }) => key === "Escape" && setProblem("")}>
      <button
        type="button"
        class="jpp-button jpp-quiet"
        aria-pressed={now === "on"}
        title={MEANS[now] ?? WHY_NOT[now]}
        onClick={() => void click()}
      >
        <Icon name="bell" />
        {now === "on" ? "Notifying" : "Notify me"}
      </button>
      {children}
      <p class={problem ? "jpp-hint jpp-why-not" : "jpp-hint"} role="status">
        {problem}
      </p>
    </div>
  );
}
