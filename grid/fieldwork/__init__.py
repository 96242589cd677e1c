"""Fieldwork (巡查): who is on duty, where they walked, how much of their grids that covers."""
