/** What all copies of this code on a page share: those of the widgets, of the renderer and of Lab's own parts. */

export function pageWide<T>(name: string, make: () => T): T {
  const key = Symbol.for(`jupyter-progress/${name}`);
  const page = globalThis as { [key: symbol]: unknown };
  return (page[key] ??= make()) as T;
}
