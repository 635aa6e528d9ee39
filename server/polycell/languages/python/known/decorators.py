"""What decorators leave of the function behind them, as data."""

from __future__ import annotations

# By the last word of their name: a call runs the function's own body and hands its value through.
PASSING = frozenset({
    "staticmethod", "njit", "jit", "wraps", "cache_data", "experimental_memo", "check_types", "check_io", "check_input",
    "check_output", "validate_call", "validate_arguments",
})  # fmt: skip
# The same, but calls get one and the same object again.
SHARING = frozenset({"cache", "lru_cache", "cached", "cached_property", "cache_resource", "experimental_singleton"})
# What a call gives is entered by `with`, and is then what the body yields.
MANAGING = frozenset({"contextmanager"})
# By qualified name, of words that others use for something else (a task of Airflow gives a reference, not a value).
PASSING_OF = frozenset({
    "prefect.task", "prefect.flow", "tenacity.retry", "retrying.retry", "backoff.on_exception", "backoff.on_predicate",
    "beartype.beartype", "typeguard.typechecked", "torch.no_grad", "torch.inference_mode", "memory_profiler.profile",
    "line_profiler.profile", "mlflow.trace", "weave.op", "deprecated.deprecated", "warnings.deprecated",
    "typing_extensions.deprecated", "typing.no_type_check", "streamlit.fragment", "ratelimit.limits",
    "ratelimit.sleep_and_retry",
})  # fmt: skip
