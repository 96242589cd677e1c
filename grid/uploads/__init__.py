"""Uploads (断点续传): files that come in pieces over a bad network, kept as far as they have come (tus 1.0.0)."""
