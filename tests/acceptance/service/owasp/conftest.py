from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import postgres
from tests.acceptance.service.listening import listening
from tests.acceptance.service.owasp.house import housed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.service.owasp.house import House


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with listening() as receiver:
        if request.param == "sqlite":
            with housed(folder, f"sqlite:///{folder / 'store.db'}", receiver) as found:
                yield found
            return
        with postgres.fresh_database() as url, housed(folder, url, receiver) as found:
            yield found
