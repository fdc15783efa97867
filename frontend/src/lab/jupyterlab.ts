/**
 * What of JupyterLab's classes is used here, in their shapes; the classes come from the page that runs.
 *
 * Written by hand: the packages that declare them bring some hundred others along.
 */

export interface Disposable {
  dispose(): void;
}

export interface Signal<Sender, Args> {
  connect(slot: (sender: Sender, args: Args) => void): boolean;
}

export interface LuminoWidget extends Disposable {
  readonly node: HTMLElement;
  readonly isDisposed: boolean;
  readonly isVisible: boolean;
  readonly isAttached: boolean;
  id: string;
  readonly title: { label: string; caption: string; icon: unknown; closable: boolean };
  addClass(name: string): void;
  hide(): void;
}

export type WidgetClass = new () => LuminoWidget;

export type CommandArgs = Readonly<Record<string, unknown>>;

export interface CommandOptions {
  label: string | ((args: CommandArgs) => string);
  caption?: string;
  icon?: unknown;
  describedBy?: { args: object };
  isEnabled?: (args: CommandArgs) => boolean;
  execute: (args: CommandArgs) => unknown;
}

export interface Application {
  readonly commands: {
    addCommand(id: string, options: CommandOptions): Disposable;
    notifyCommandChanged(id?: string): void;
    execute(id: string, args?: CommandArgs): Promise<unknown>;
  };
  readonly shell: {
    add(widget: LuminoWidget, area: string, options?: { rank?: number }): void;
    activateById(id: string): void;
    widgets(area: string): Iterable<LuminoWidget>;
  };
  /** The layout is as it was. */
  readonly restored: Promise<void>;
}

export interface Palette {
  addItem(item: { command: string; category: string; args?: CommandArgs; rank?: number }): Disposable;
}

export interface Launcher {
  add(item: { command: string; category: string; args?: CommandArgs; rank?: number }): Disposable;
}

export interface StatusBar {
  registerStatusItem(
    id: string,
    item: { item: LuminoWidget; align: "left" | "right" | "middle"; rank: number },
  ): Disposable;
}

export interface Settings {
  readonly composite: unknown;
  readonly changed: Signal<Settings, void>;
}

export interface SettingRegistry {
  load(plugin: string): Promise<Settings>;
}

export interface Tracker {
  add(widget: LuminoWidget): Promise<void>;
  save(widget: LuminoWidget): Promise<void>;
  find(fits: (widget: LuminoWidget) => boolean): LuminoWidget | undefined;
  readonly currentWidget: LuminoWidget | null;
}

export interface Restorer {
  add(widget: LuminoWidget, name: string): void;
  restore(
    tracker: Tracker,
    options: { command: string; args: (widget: LuminoWidget) => CommandArgs; name: (widget: LuminoWidget) => string },
  ): Promise<unknown>;
}

export type NotificationKind = "info" | "success" | "warning" | "error";

export interface NotificationAction {
  label: string;
  callback: () => void;
}

export interface Notifying {
  emit(
    words: string,
    kind: NotificationKind,
    options: { autoClose: number | false; actions?: NotificationAction[] },
  ): string;
  dismiss(id: string): void;
}

export interface AppUtils {
  Notification: Notifying;
  ICommandPalette: unknown;
  MainAreaWidget: new (options: { content: LuminoWidget }) => LuminoWidget & { toolbar: LuminoWidget };
  WidgetTracker: new (options: { namespace: string }) => Tracker;
  Dialog: {
    cancelButton(options: { label: string }): unknown;
    warnButton(options: { label: string }): unknown;
  };
  showDialog(options: {
    title: string;
    body: string;
    buttons: unknown[];
    defaultButton?: number;
  }): Promise<{ button: { accept: boolean } }>;
}

export interface UiComponents {
  LabIcon: new (options: { name: string; svgstr: string }) => unknown;
}
