/** The modules that Jupyter's page shares with its extensions, as webpack's federation hands them out. */

interface SharedModule {
  get(): Promise<() => unknown>;
  /** Somebody has it already, or it comes with the page's first script. */
  loaded?: boolean | number;
  eager?: boolean | number;
}

/** By package and version. */
export type SharedScope = Record<string, Record<string, SharedModule>>;

/** Whether a version is below another, part by part; what is no number counts as 0. */
export function isBelow(one: string, other: string): boolean {
  const [a, b] = [one, other].map((version) => version.split(/[.+-]/).map((part) => Number(part) || 0));
  for (let part = 0; part < Math.max(a!.length, b!.length); part += 1) {
    const difference = (a![part] ?? 0) - (b![part] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The version that others have, for these are singletons; else the newest. Null: there is none. */
export function versionToTake(versions: Readonly<Record<string, SharedModule>>): string | null {
  let taken: string | null = null;
  for (const [version, module] of Object.entries(versions)) {
    const best = taken === null ? null : versions[taken]!;
    const isBetter =
      best === null ||
      (!best.loaded && Boolean(module.loaded)) ||
      (Boolean(best.loaded) === Boolean(module.loaded) && isBelow(taken!, version));
    if (isBetter) taken = version;
  }
  return taken;
}

export async function sharedModule<Module>(scope: SharedScope, name: string): Promise<Module> {
  const versions = scope[name] ?? {};
  const version = versionToTake(versions);
  if (version === null) throw new Error(`jupyter-progress: this page shares no ${name}`);
  const module = versions[version]!;
  module.loaded = 1; // as webpack's own users say it: the next one takes the same
  return (await module.get())() as Module;
}

/** The same where the page may do without; said once in the console. */
export async function sharedIfAny<Module>(scope: SharedScope, name: string): Promise<Partial<Module>> {
  if (!scope[name]) return {};
  try {
    return await sharedModule<Module & object>(scope, name);
  } catch (error) {
    console.warn(`jupyter-progress: ${name} cannot be had of this page`, error);
    return {};
  }
}
