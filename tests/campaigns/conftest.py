"""The workspaces of the store's tests."""

from tests.store.conftest import neighbour, wallet_id, workspace

__all__ = ["neighbour", "wallet_id", "workspace"]
