/** The commands, with their arguments described; each is on where it can be carried out. */

import { hashOf, placeOf } from "../page/places";
import { text } from "../model/reading_fields";
import type { RunState } from "../model/wire";
import type { Application, AppUtils, CommandArgs, CommandOptions } from "./jupyterlab";
import type { Sidebar } from "./sidebar";
import type { Tabs } from "./tabs";
import { targetOf, type RunCommand } from "./targets";
import type { Watch } from "./watch";

const PREFIX = "jupyter-progress:";
export const OPEN = `${PREFIX}open`;
export const OPEN_TAB = `${PREFIX}open-tab`;
const OPEN_PAGE = `${PREFIX}open-page`;
const STOP = `${PREFIX}stop`;
const CANCEL = `${PREFIX}cancel`;
const COPY_LINK = `${PREFIX}copy-link`;
const SHOW_HEALTH = `${PREFIX}show-health`;

/** In the order of the palette. */
export const COMMANDS = [OPEN, OPEN_TAB, OPEN_PAGE, STOP, CANCEL, COPY_LINK, SHOW_HEALTH];
/** Those that are on or off by what goes on. */
const CHANGING = [STOP, CANCEL, COPY_LINK];

export interface CommandParts {
  /** Null until the layout is restored. */
  watch(): Watch | null;
  sidebar: Sidebar;
  /** Null where the main area holds no more than one document. */
  tabs: Tabs | null;
  pageUrl: string;
  icon: unknown;
  apputils: Pick<AppUtils, "Dialog" | "showDialog" | "Notification">;
}

const RUN_ID = { type: "string", description: "The run's id. Left out: the run that is shown, or at work." };
const PLACE = {
  type: "string",
  description: "What to show, as the page's address has it: #run=ID, #run=ID&with=ID,ID, #history, #compare=ID,ID, #health, #activity, #models.",
};

function args(properties: object): { args: object } {
  return { args: { type: "object", properties } };
}

export function addCommands(commands: Application["commands"], parts: CommandParts): void {
  const all: Record<string, CommandOptions> = { ...opening(parts), ...asking(parts) };
  for (const [id, options] of Object.entries(all)) commands.addCommand(id, options);
}

/** Say that what the commands are about is another run, or none. */
export function retellCommands(commands: Application["commands"]): void {
  for (const id of CHANGING) commands.notifyCommandChanged(id);
}

function opening({ sidebar, tabs, pageUrl, icon }: CommandParts): Record<string, CommandOptions> {
  const wanted = (given: CommandArgs): string | null => text(given["place"]);
  const iconOf = { icon };
  const opened: Record<string, CommandOptions> = {
    [OPEN]: {
      label: "Show Training Runs",
      caption: "Show the training runs beside the notebooks",
      ...iconOf,
      describedBy: args({ place: PLACE }),
      execute: (given) => {
        const hash = wanted(given);
        sidebar.open(hash === null ? undefined : placeOf(hash));
      },
    },
    [OPEN_PAGE]: {
      label: "Open Training Runs in a Browser Tab",
      describedBy: args({ place: PLACE }),
      execute: (given) => {
        window.open(`${pageUrl}${hashOf(placeOf(wanted(given) ?? ""))}`, "_blank", "noopener");
      },
    },
    [SHOW_HEALTH]: {
      label: "Show the Machine’s Health",
      describedBy: args({}),
      execute: () => sidebar.open({ at: "health", query: "" }),
    },
  };
  if (!tabs) return opened;
  opened[OPEN_TAB] = {
    label: (given) => (given["isTile"] === true ? "Training Runs" : "Open Training Runs in a Tab"),
    caption: "Show the training runs in a tab",
    ...iconOf,
    describedBy: args({
      place: PLACE,
      isNew: { type: "boolean", description: "A further tab, in place of the one that is open." },
      isTile: { type: "boolean", description: "Named as in the launcher." },
    }),
    execute: (given) => tabs.open(wanted(given), given["isNew"] === true),
  };
  return opened;
}

function asking(parts: CommandParts): Record<string, CommandOptions> {
  const { watch, sidebar, apputils } = parts;
  const target = (command: RunCommand, given: CommandArgs): RunState | null => {
    const view = watch()?.view;
    return view ? targetOf(command, view, text(given["run_id"]), sidebar.widget.places.place) : null;
  };
  const command = (
    name: RunCommand,
    words: string,
    more: object,
    act: (run: RunState, given: CommandArgs) => Promise<unknown>,
  ): CommandOptions => ({
    label: (given) => `${words}${nameIn(target(name, given))}`,
    describedBy: args({ run_id: RUN_ID, ...more }),
    isEnabled: (given) => target(name, given) !== null,
    execute: async (given) => {
      const run = target(name, given);
      if (!run) return;
      try {
        await act(run, given);
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        apputils.Notification.emit(`${run.name || run.run_id}: ${said}`, "error", { autoClose: false });
      }
    },
  });
  const ask = (action: "stop" | "cancel", { run_id }: RunState): Promise<unknown> | undefined =>
    watch()?.view.asking.control({ action, runId: run_id });
  const sure = { isSure: { type: "boolean", description: "Do not ask whether this is meant." } };
  return {
    [STOP]: command("stop", "Stop the Running Training", {}, async (run) => ask("stop", run)),
    [CANCEL]: command("cancel", "Cancel the Training", sure, async (run, given) => {
      if (given["isSure"] === true || (await isMeant(run, apputils))) await ask("cancel", run);
    }),
    [COPY_LINK]: command("copy-link", "Copy the Link of the Training Run", {}, async (run) => {
      const place = { at: "now", runId: run.run_id } as const;
      await navigator.clipboard.writeText(`${parts.pageUrl}${hashOf(place)}`);
    }),
  };
}

function nameIn(run: RunState | null): string {
  return run?.name ? ` (${run.name.length > 40 ? `${run.name.slice(0, 40)}…` : run.name})` : "";
}

/** Cancelling keeps nothing, and takes no more than a wrong line of the palette. */
async function isMeant(run: RunState, { Dialog, showDialog }: CommandParts["apputils"]): Promise<boolean> {
  const answered = await showDialog({
    title: "Cancel this training?",
    body: `${run.name || run.run_id} ends without a model. To keep the best so far, stop it.`,
    buttons: [Dialog.cancelButton({ label: "Keep training" }), Dialog.warnButton({ label: "Cancel the training" })],
    defaultButton: 0,
  });
  return answered.button.accept;
}
