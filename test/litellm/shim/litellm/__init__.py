"""Stands in for LiteLLM where it is not installed: what the plug-in under test takes from it, and no more."""

_key_management_settings = None
