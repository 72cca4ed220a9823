#!/usr/bin/env python3
"""Fits the weights of the model in src/model from labelled lines, and measures them by leaving one author out.

    cargo run --release -p wardmail-phi --example features -- \\
        data/eval/subjects_*.tsv data/eval/bodies_*.tsv data/eval/asq_phi.txt data/eval/ham_subjects.txt > features.jsonl
    python3 fit/fit.py features.jsonl            # writes data/model/subject.tsv and body.tsv
    python3 fit/fit.py --measure features.jsonl  # each author whose lines the rules don't know judged by a model that never saw that author

Python 3.11, scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1 (requirements.txt). The same input gives the same files byte for byte.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).resolve().parent
# Lines written for this project have one author.
OWN = {"dev", "tuning", "aside", "more", "kinds"}
# Authors whose lines the rules were tuned on: what the rules said of these is no measure of what they say of a stranger's.
READ = {"own", "asq_phi", *"abcdefgh"}
# What tells of the rules' judgement, in features.
JUDGED = ("pr ", "ps ")
# Lines that are only measured, never fitted on.
KEPT = {"fa", "fb", "ga", "gb", "gc", "gd", "ha", "hb", "je", "jf", "ka", "kb", "kc", "kd", "kf", "kg", "wf"}
# For --measure: this many times, a share of the authors is judged by a model that saw none of theirs.
FOLDS = 10
# A feature counts if this many authors wrote it.
AUTHORS = 3
# A smaller weight is dropped: a third of them are, and the tables stay small enough to be looked up fast.
LEAST = 0.03
# What a subject counts as a letter: some letters are as short, but most aren't.
SHORT = 0.1
# Stands in a block that speaks of health, care or payment in a word that the lists know.
TOLD = "#told"
# Mail that has nothing to do with care (these, and the sets called `ordinary`): a clinic's lines lack much that it holds.
ORDINARY = {"ham_subjects", "bodies_ham"}
# How many paragraphs in a row are judged together; as in src/model.rs.
RUN = 4
# Inverse regularisation; what a line of ordinary mail counts; and from where on the model adds (with what it asks for on top where nobody
# is named, and where no known word tells of health), and up to where it takes back, in weight. They were chosen by --measure and by real
# office mail that isn't kept here (docs/PHI.md), inside the rates of false alarms that are asked for. The two bounds are for different texts:
# what the rules found weighs more to begin with.
MODELS = {
    "subject": {"C": 1.0, "rounds": 0, "ordinary": 3.0, "add": -1.2, "unnamed": 0.0, "untold": 2.5, "clear": -0.5},
    "body": {"C": 1.0, "rounds": 2, "ordinary": 2.0, "add": -1.4, "unnamed": 0.5, "untold": 1.5, "clear": -2.0},
}


def read(path, kind):
    """Returns the lines of one kind; each with its author and its features by block."""
    lines = []
    for text in open(path, encoding="utf-8"):
        line = json.loads(text)
        if line["kind"] != kind:
            continue
        name = line["set"].removeprefix("subjects_").removeprefix("bodies_").removeprefix("others_")
        if name in KEPT:
            continue
        author = "own" if name in OWN else name
        blocks = defaultdict(set)
        for block, _, feature in line["features"]:
            if author not in READ or not feature.startswith(JUDGED):
                blocks[block].add(feature)
        held = [blocks[block] for block in sorted(blocks)]
        lines.append(
            {
                "author": author,
                "phi": line["phi"],
                "strong": line["strong"],
                "found": line["found"],
                "native": line["set"].startswith("bodies") == (kind == "body"),
                "ordinary": line["set"] in ORDINARY or name.startswith("ordinary_"),
                "blocks": [sorted(block - {TOLD}) for block in held],
                "told": [TOLD in block for block in held],
                "named": [any(f.startswith(("pc ", "ir ")) for f in block) for block in held],
            }
        )
    return lines


def vocabulary(lines):
    """Returns the features that enough authors wrote, sorted."""
    authors = defaultdict(set)
    for line in lines:
        for block in line["blocks"]:
            for feature in block:
                authors[feature].add(line["author"])
    return sorted(feature for feature, who in authors.items() if len(who) >= AUTHORS)


def counts(lines, index):
    """Returns which features each block of all the lines holds, and where the blocks of each line begin and end."""
    start, column, bounds = [0], [], []
    for line in lines:
        first = len(start) - 1
        for block in line["blocks"]:
            column += [index[feature] for feature in block if feature in index]
            start.append(len(column))
        bounds.append((first, len(start) - 1))
    return csr_matrix((np.ones(len(column)), column, start), shape=(len(start) - 1, len(index))), bounds


def runs_of(first, end):
    return [(i, j) for i in range(first, end) for j in range(i + 1, min(end, i + RUN) + 1)]


def heaviest(first, end, sums):
    """Returns the run of blocks that weighs most; the first of equals."""
    return max(runs_of(first, end), key=lambda run: (sums[run[0] : run[1]].sum(), -run[0], -run[1]), default=(first, end))


def fit(lines, settings):
    """Returns the features, their weights and the bias.

    Texts are fitted on whole first. Each round then adds, of every clean text, the run of blocks that looks worst, and takes of every
    other text the run that looks best, since that is how the detector will judge.
    """
    features = vocabulary(lines)
    matrix, bounds = counts(lines, {feature: number for number, feature in enumerate(features)})
    runs = [{bound} for bound in bounds]
    for turn in range(settings["rounds"] + 1):
        chosen = [(number, run) for number, held in enumerate(runs) for run in sorted(held)]
        rows = [row for row, (_, (i, j)) in enumerate(chosen) for _ in range(i, j)]
        blocks = [block for _, (i, j) in chosen for block in range(i, j)]
        pick = csr_matrix((np.ones(len(rows)), (rows, blocks)), shape=(len(chosen), matrix.shape[0]))
        labels = np.array([lines[number]["phi"] for number, _ in chosen])
        counted = [settings["ordinary"] if line["ordinary"] else 1.0 if line["native"] else SHORT for line in lines]
        weight = [counted[number] * len(runs[number]) ** -0.5 for number, _ in chosen]
        model = LogisticRegression(C=settings["C"], solver="liblinear", tol=1e-4, max_iter=1000, random_state=0)
        model.fit(pick @ matrix, labels, sample_weight=np.array(weight))
        sums = matrix @ model.coef_[0]
        for number, (first, end) in enumerate(bounds if turn < settings["rounds"] else []):
            run = heaviest(first, end, sums)
            runs[number] = {bounds[number], run} if lines[number]["phi"] else runs[number] | {run}
    weights = np.where(np.abs(model.coef_[0]) < LEAST, 0.0, model.coef_[0])
    return features, weights, float(model.intercept_[0])


def write(kind, path):
    settings = MODELS[kind]
    features, weights, bias = fit(read(path, kind), settings)
    lines = [f"#bias\t{round(bias * 1000)}"]
    lines += [f"#{name}\t{round(settings[name] * 1000)}" for name in ("add", "unnamed", "untold", "clear")]
    for feature, weight in zip(features, weights):
        thousandths = round(float(weight) * 1000)
        if thousandths:
            lines.append(f"{feature}\t{thousandths}")
    target = HERE.parent / "data" / "model" / f"{kind}.tsv"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(lines) - 5} weights")


def verdict(line, first, end, sums, bias, settings):
    """Returns whether the rules and the model together find something, as src/detector/opinion.rs decides."""
    if line["strong"]:
        return True
    runs = runs_of(first, end)
    if line["found"]:
        return max((bias + sums[i:j].sum() for i, j in runs), default=bias) > settings["clear"]
    return any(bias + sums[i:j].sum() >= asked(line, i - first, j - first, settings) for i, j in runs)


def asked(line, i, j, settings):
    unnamed = 0.0 if any(line["named"][i:j]) else settings["unnamed"]
    untold = 0.0 if any(line["told"][i:j]) else settings["untold"]
    return settings["add"] + unnamed + untold


def measure(kind, path):
    settings = MODELS[kind]
    lines = read(path, kind)
    strangers = sorted({line["author"] for line in lines if line["native"]} - READ - {"ham", "ham_subjects"})
    held = defaultdict(lambda: defaultdict(int))
    for fold in range(FOLDS):
        authors = set(strangers[fold::FOLDS])
        features, weights, bias = fit([line for line in lines if line["author"] not in authors], settings)
        judged = [line for line in lines if line["author"] in authors and line["native"]]
        matrix, bounds = counts(judged, {feature: number for number, feature in enumerate(features)})
        sums = matrix @ weights
        for line, (first, end) in zip(judged, bounds):
            for author in (line["author"], "all of them"):
                held[author][line["phi"], "of"] += 1
                held[author][line["phi"], "rules"] += line["found"]
                held[author][line["phi"], "both"] += verdict(line, first, end, sums, bias, settings)
    for author in [*strangers, "all of them"]:
        report(kind, author, held[author])


def report(kind, author, held):
    rates = {who: [held[phi, who] / max(held[phi, "of"], 1) for phi in (True, False)] for who in ("rules", "both")}
    said = "  ".join(f"{who} {recall:.3f} / {alarms:.3f}" for who, (recall, alarms) in rates.items())
    print(f"{kind} {author}: recall / false alarms of {said}")


def main():
    arguments = sys.argv[1:]
    task = measure if "--measure" in arguments else write
    path = next(argument for argument in arguments if not argument.startswith("--"))
    for kind in MODELS:
        task(kind, path)


if __name__ == "__main__":
    main()
