"""Synchronisation, domain side (同步): the op ledger; the change log comes with the handset's delta pull."""
