"""What a person types in a cell: training, run handles, lists of runs, panels."""
