/** The eight stages of the built-in pipeline, with what is expected of each before a first run. */

import type { PlannedStage } from "./wire";

export const PIPELINE: readonly Omit<PlannedStage, "estimated_range">[] = [
  { id: "initialize", title: "Initialize", estimated_s: 1.5 },
  { id: "load_data", title: "Load data", estimated_s: 0.5 },
  { id: "validate_data", title: "Validate data", estimated_s: 0.3 },
  { id: "split_data", title: "Split data", estimated_s: 0.1 },
  { id: "preprocess", title: "Preprocess", estimated_s: 0.2 },
  { id: "train", title: "Train", estimated_s: null },
  { id: "evaluate", title: "Evaluate", estimated_s: 0.5 },
  { id: "save_model", title: "Save model", estimated_s: 0.5 },
];
