"""What is kept on disk: run directories and journals, and the log in SQLite that indexes them."""
