/** What keeps a part of the extension that fails from taking Jupyter's page, or the other parts, with it. */

/** Do it; what it throws is said in the console and nowhere else. */
export function guarded(part: string, act: () => unknown): void {
  const tell = (error: unknown): void => {
    console.error(`jupyter-progress: ${part} cannot be had on this page`, error);
  };
  try {
    const ending = act();
    if (ending instanceof Promise) ending.catch(tell);
  } catch (error) {
    tell(error);
  }
}
