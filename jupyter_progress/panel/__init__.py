"""The live panel: a widget, what a cell saves of it, and what feeds it."""
