"""The machine that trainings run on, within its container's limits. Reads files, calls psutil."""
