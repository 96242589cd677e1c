"""Upkeep (维护): what is done to an installation now and then, from the command line."""
