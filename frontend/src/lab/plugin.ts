/**
 * The plugin of JupyterLab and Notebook 7: a sidebar, a status item, a launcher tile, commands, settings, and
 * Jupyter's own notifications.
 *
 * Each part is guarded for itself, and each of Jupyter's parts may be missing: Notebook 7 has no status bar and
 * no launcher. What is loaded with the page is this and no more; what listens to the server comes once the
 * layout is restored, and the page's view when it is first shown.
 */

import { pageAddress } from "../page_address";
import { addCommands, COMMANDS, OPEN, OPEN_TAB, retellCommands } from "./commands";
import { guarded } from "./guard";
import { ICON } from "./icon";
import type {
  Application,
  AppUtils,
  Launcher,
  Palette,
  Restorer,
  SettingRegistry,
  StatusBar,
  UiComponents,
  WidgetClass,
} from "./jupyterlab";
import { kindOf, placeOfNotice } from "./notification";
import { pageWidgetClass } from "./page_widget";
import { DEFAULTS, readSettings, type LabSettings } from "./settings";
import { sharedIfAny, sharedModule, type SharedScope } from "./shared";
import { Sidebar } from "./sidebar";
import { StatusPlace } from "./status_place";
import { Tabs } from "./tabs";
import type { Watch } from "./watch";

declare const WATCH_MODULE: string;
declare const PAGE_MODULE: string;

const ID = "jupyter-progress:plugin";
const CATEGORY = "Training Runs";

/** What Jupyter's page gives of what was asked for, in the order of `optional`. */
type Given = [
  labShell: object | null,
  palette: Palette | null,
  launcher: Launcher | null,
  statusBar: StatusBar | null,
  settings: SettingRegistry | null,
  restorer: Restorer | null,
];

interface Shared {
  apputils: AppUtils;
  widgets: { Widget: WidgetClass };
  ui: UiComponents;
}

/** The plugin, as Jupyter's page registers it. */
export async function labPlugin(scope: SharedScope): Promise<unknown> {
  const [application, apputils, widgets, ui, launcher, statusbar, settings] = await Promise.all([
    sharedIfAny<{ ILabShell: unknown; ILayoutRestorer: unknown }>(scope, "@jupyterlab/application"),
    sharedModule<AppUtils>(scope, "@jupyterlab/apputils"),
    sharedModule<{ Widget: WidgetClass }>(scope, "@lumino/widgets"),
    sharedModule<UiComponents>(scope, "@jupyterlab/ui-components"),
    sharedIfAny<{ ILauncher: unknown }>(scope, "@jupyterlab/launcher"),
    sharedIfAny<{ IStatusBar: unknown }>(scope, "@jupyterlab/statusbar"),
    sharedIfAny<{ ISettingRegistry: unknown }>(scope, "@jupyterlab/settingregistry"),
  ]);
  const wanted = [
    application.ILabShell,
    apputils.ICommandPalette,
    launcher.ILauncher,
    statusbar.IStatusBar,
    settings.ISettingRegistry,
    application.ILayoutRestorer,
  ];
  // A token that the page does not know at all is not asked for: what it would give is null.
  const optional = wanted.filter(Boolean);
  return {
    id: ID,
    description: "Shows training runs beside the notebooks, and tells when one ends, fails or stalls.",
    autoStart: true,
    optional,
    activate: (app: Application, ...services: unknown[]) => {
      const given = wanted.map((token) => (token ? (services[optional.indexOf(token)] ?? null) : null));
      guarded("the extension", () => activate(app, { apputils, widgets, ui }, given as Given));
    },
  };
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined; // the next one who asks tries again
      throw error;
    });
    return loading;
  };
}

function activate(app: Application, shared: Shared, given: Given): void {
  const [labShell, palette, launcher, statusBar, settingRegistry, restorer] = given;
  const { apputils, widgets, ui } = shared;
  const address = pageAddress();
  if (!address) return; // a page without a server of its own
  const icon = new ui.LabIcon(ICON);
  const pageUrl = new URL(`${address.baseUrl}jupyter-progress/`, document.baseURI).href;
  const entry = once(() => import(WATCH_MODULE) as Promise<typeof import("./watch_entry")>);
  let watch: Watch | null = null;
  const watching = once(async () => (watch = new (await entry()).Watch(address)));
  const view = once(() => import(PAGE_MODULE) as Promise<typeof import("./page_view")>);
  // Notebook 7 shows one document a tab: its settings have a tab of their own.
  const openSettings = labShell && (() => void app.commands.execute("settingeditor:open", { query: CATEGORY }));
  const PageWidget = pageWidgetClass(widgets.Widget, { pageUrl, watch: watching, view, openSettings });

  let settings = DEFAULTS;
  const sidebar = new Sidebar(app.shell, new PageWidget(), icon);
  const tabs = labShell && new Tabs(app.shell, PageWidget, apputils, icon);
  const status = new StatusPlace(app.shell, statusBar, widgets.Widget, settings.statusBar);
  guarded("the sidebar", () => sidebar.begin(restorer, settings.side));
  guarded("its commands", () => {
    addCommands(app.commands, { watch: () => watch, sidebar, tabs, pageUrl, icon, apputils });
    const known = COMMANDS.filter((command) => command !== OPEN_TAB || tabs);
    for (const command of known) palette?.addItem({ command, category: CATEGORY });
    const tile = { command: tabs ? OPEN_TAB : OPEN, category: "Other", args: { isTile: true } };
    launcher?.add(tile);
    if (restorer) tabs?.restoreBy(restorer, OPEN_TAB);
  });

  const obey = (set: LabSettings): void => {
    settings = set;
    guarded("the sidebar", () => sidebar.setSide(set.side));
    guarded("the status item", () => status.setWanted(set.statusBar));
  };
  guarded("its settings", async () => {
    const kept = await settingRegistry?.load(ID);
    if (!kept) return;
    kept.changed.connect(() => obey(readSettings(kept.composite)));
    obey(readSettings(kept.composite));
  });
  guarded("what goes on", async () => {
    await app.restored;
    const [{ markTitle, mountStatusItem, tellInLab }, at] = await Promise.all([entry(), watching()]);
    sidebar.setSide(settings.side);
    const open = (runId: string | null): void => sidebar.open({ at: "now", runId });
    status.fillBy((element) => mountStatusItem(element, at, open));
    at.listen(() => retellCommands(app.commands));
    markTitle(at, (notice) => settings.tells[kindOf(notice)]);
    tellInLab({
      watch: at,
      notifying: apputils.Notification,
      settings: () => settings,
      open: (notice) => sidebar.open(placeOfNotice(notice)),
    });
  });
}
