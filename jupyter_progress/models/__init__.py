"""Trained models: kept safely on disk, registered under names, put in service."""
