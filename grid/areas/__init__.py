"""Areas (区域): the tree from province to unit grid, its codes and outlines.

Unit grids follow GB/T 30428.1 (15-digit code, no gap, no overlap, inside one community). Ids of the tree are our
own; official codes are dated attributes, because they change every year and Daya Bay has no county code.
"""
