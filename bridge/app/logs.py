"""Logs: structured, on standard error; for people on a terminal, as JSON lines elsewhere. No bodies, no tokens."""

import logging
import sys

import structlog

from bridge.adapters.leavings import LogEar

NOISY = ("mau", "aiohttp", "sqlalchemy", "aiosqlite", "asyncio", "alembic", "nio")

EAR = LogEar()
"""Hears what this process logs, for the secrecy check."""


def configure_logs(*, verbose: bool) -> None:
    """Everything from ``info`` on when ``verbose``, else nothing: the sentences for people come anyway. Repeated, the
    last time counts."""
    level = logging.INFO if verbose else logging.CRITICAL
    for name in NOISY:
        # Libraries speak only of what is wrong: some of them would log whole requests.
        logging.getLogger(name).setLevel(logging.WARNING if verbose else logging.CRITICAL)
    handlers = (logging.StreamHandler(sys.stderr), EAR)
    logging.basicConfig(level=level, handlers=handlers, format="%(levelname)s %(name)s %(message)s", force=True)
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
            EAR,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
