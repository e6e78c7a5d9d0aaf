"""A session of `requests` whose every connection goes through the guard."""

from __future__ import annotations

import socket
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from worker.outbound.call import PATIENCE, Call
from worker.outbound.guard import Guard
from worker.outbound.trouble import Trouble


def session(guard: Guard, call: Call) -> requests.Session:
    """One that keeps no cookies, and asks neither proxies nor password files of the environment."""
    own = _Session()
    own.trust_env = False
    own.cookies = _NoCookies()
    own.mount("http://", _Adapter(guard, call))
    own.mount("https://", _Adapter(guard, call))
    return own


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: to look where a redirect leads, `requests` would read its whole body first, however long that is."""


class _NoCookies(RequestsCookieJar):
    def set_cookie(self, cookie: Any, *args: Any, **kwargs: Any) -> None:
        """What a server would like to remember of us."""


class _Adapter(HTTPAdapter):
    """Makes connections of its own session alone, so that each knows its guard and its call."""

    def __init__(self, guard: Guard, call: Call) -> None:
        self._guarded = guard, call
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        guard, call = self._guarded

        def dial(connection: HTTPConnection) -> socket.socket:
            line = guard.connect(
                connection.host, connection.port or connection.default_port, min(PATIENCE, call.left())
            )
            try:
                call.hold(line)
            except Trouble:
                line.close()
                raise
            line.settimeout(cast(float, connection.timeout))
            return line

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return dial(self)

            def send(self, data: Any) -> None:
                if self.sock is None:
                    self.connect()
                call.sending = True
                super().send(data)

        class Secure(Plain, HTTPSConnection):
            pass

        pools = {"http": _pool(HTTPConnectionPool, Plain), "https": _pool(HTTPSConnectionPool, Secure)}
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = pools


def _pool(base: type[HTTPConnectionPool], connection: type[HTTPConnection]) -> type[HTTPConnectionPool]:
    return type(base.__name__, (base,), {"ConnectionCls": connection})
