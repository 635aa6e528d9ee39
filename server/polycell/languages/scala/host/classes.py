"""The classes on a classpath by their short names, for auto-import. Read from the jars' tables of contents."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from functools import cached_property

# Public top-level classes and those nested in objects; the compiler's own inventions are not for people.
_INNER = re.compile(r"\$(?:\d|anon|\$)|package(?:\$|\.class)|module-info|\$$")
_MOST = 400  # classes offered for one query

# Of the JDK, whose classes lie in no jar: what notebooks import. The compiler itself knows all of it.
_JDK = {
    "java/io/": "File InputStream OutputStream Reader Writer BufferedReader BufferedWriter PrintWriter IOException",
    "java/net/": "URI URL",
    "java/net/http/": "HttpClient HttpRequest HttpResponse",
    "java/nio/file/": "Files Path Paths",
    "java/nio/charset/": "Charset StandardCharsets",
    "java/sql/": "Connection Date DriverManager ResultSet Timestamp",
    "java/text/": "SimpleDateFormat DecimalFormat",
    "java/time/": "Clock Duration Instant LocalDate LocalDateTime LocalTime OffsetDateTime Period ZonedDateTime ZoneId",
    "java/time/format/": "DateTimeFormatter",
    "java/time/temporal/": "ChronoUnit",
    "java/util/": "ArrayList Arrays Base64 Collections Date HashMap Locale Optional Properties Random Scanner UUID",
    "java/util/concurrent/": "ConcurrentHashMap Executors TimeUnit",
    "java/util/concurrent/atomic/": "AtomicInteger AtomicLong AtomicReference",
    "java/util/regex/": "Matcher Pattern",
}


class Classes:
    def __init__(self, classpath: Sequence[str]) -> None:
        self._classpath = classpath

    def matching(self, query: str) -> Iterator[tuple[str, str]]:
        """(package as "a/b/", file name as "C.class") of classes whose name begins with the query, shortest first."""
        folded = query.casefold()
        if not folded:
            return
        for given, (_, package, file) in enumerate(self._by_initial.get(folded[0], ())):
            if given > 20_000:
                return
            if file.casefold().startswith(folded):
                yield package, file

    @cached_property
    def _by_initial(self) -> dict[str, list[tuple[int, str, str]]]:
        found: dict[str, list[tuple[int, str, str]]] = {}
        for package, names in _JDK.items():
            for name in names.split():
                found.setdefault(name[0].casefold(), []).append((len(name), package, f"{name}.class"))
        for jar in self._classpath:
            try:
                with zipfile.ZipFile(jar) as archive:
                    entries = archive.namelist()
            except (OSError, zipfile.BadZipFile):
                continue
            for entry in entries:
                package, _, file = entry.rpartition("/")
                if file.endswith(".class") and package and not _INNER.search(file) and "$" not in file:
                    found.setdefault(file[0].casefold(), []).append((len(file), f"{package}/", file))
        return {initial: sorted(classes) for initial, classes in found.items()}
