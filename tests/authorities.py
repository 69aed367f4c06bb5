"""Whom a test's machine trusts, for real exchanges by TLS on this machine."""

import ssl
from types import ModuleType

import pytest
import trustme


def trusted_by(asking: ModuleType, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that is trusted by a module of those that ask others."""
    authority, trusting = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr(asking, "tls_context", lambda: trusting)
    return authority
