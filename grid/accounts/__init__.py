"""Accounts (账号): departments, posts, people, their sessions, and who may do what where.

Posts and the permissions they bundle are data (authz.yaml); code names permissions only.
"""
