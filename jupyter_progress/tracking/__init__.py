"""Producers in the user's own code: runs, tracked loops; and following runs with no server."""
