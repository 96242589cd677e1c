"""Notices (通知): what a person is told inside the app; other channels are drivers to come."""
