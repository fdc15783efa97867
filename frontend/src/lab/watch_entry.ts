/** What is loaded once Lab's layout is restored: the connection, the status item and the notifications. */

export { mountStatusItem } from "./StatusItem";
export { tellInLab } from "./telling";
export { markTitle } from "./title_mark";
export { Watch } from "./watch";
