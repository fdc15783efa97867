/** The eight stages of the built-in pipeline, with what is expected of each before a first run. */

import type { PlannedStage } from "./wire";

export const PIPELINE: readonly PlannedStage[] = [
  { id: "initialize", title: "Initialize", estimated_s: 1.5, estimated_range: [0.5, 8] },
  { id: "load_data", title: "Load data", estimated_s: 0.5, estimated_range: [0.01, 5] },
  { id: "validate_data", title: "Validate data", estimated_s: 0.3, estimated_range: [0.01, 3] },
  { id: "split_data", title: "Split data", estimated_s: 0.1, estimated_range: [0.01, 1] },
  { id: "preprocess", title: "Preprocess", estimated_s: 0.2, estimated_range: [0.001, 2] },
  { id: "train", title: "Train", estimated_s: null, estimated_range: null },
  { id: "evaluate", title: "Evaluate", estimated_s: 0.5, estimated_range: [0.02, 5] },
  { id: "save_model", title: "Save model", estimated_s: 0.5, estimated_range: [0.1, 6] },
];
