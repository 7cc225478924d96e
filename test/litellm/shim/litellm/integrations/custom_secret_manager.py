"""Keeps of LiteLLM's base class: which methods must be there, the constructor, and what is not supported unless overridden."""

from abc import ABC, abstractmethod


class CustomSecretManager(ABC):
    def __init__(self, secret_manager_name=None, **kwargs):
        self.secret_manager_name = secret_manager_name or "custom_secret_manager"

    @abstractmethod
    async def async_read_secret(self, secret_name, optional_params=None, timeout=None):
        ...

    @abstractmethod
    def sync_read_secret(self, secret_name, optional_params=None, timeout=None):
        ...

    async def async_write_secret(
        self, secret_name, secret_value, description=None, optional_params=None, timeout=None, tags=None
    ):
        raise NotImplementedError

    async def async_delete_secret(self, secret_name, recovery_window_in_days=7, optional_params=None, timeout=None):
        raise NotImplementedError
