/** Turn a run's name into a model name, as the server does for a run that was not registered. */
export function modelNameFor(runName: string): string {
  const plain = runName
    .normalize("NFKD")
    .replace(/[^\x00-\x7f]/g, "")
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[-_]+|[-_]+$/g, "");
  return plain.slice(0, 100) || "model";
}
