/** Where the server of this page is, by the configuration that Jupyter's pages carry. */

import { readAddress, type ServerAddress } from "./transport/address";

export function pageAddress(): ServerAddress | null {
  const config = document.getElementById("jupyter-config-data");
  return readAddress(config?.textContent ?? null);
}
