"""Synchronisation, domain side (同步): op ledgers, change log, batches of ops from handsets, quarantine.

It knows nothing of what is synchronised: bodies of rows say how they are followed (grid/handset), kinds of ops
what they do (mobile_api/ops).
"""
