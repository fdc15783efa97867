"""The machine that trainings run on: its figures within the container's limits. Reads files, calls psutil."""
