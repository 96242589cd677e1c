"""Geometry of the grid: datums, polygons, partitions, point → cell. No database, no HTTP.

Numbers are degrees, (lon, lat), CGCS2000 (EPSG:4490); metres come from the projection in crs.py.
"""
