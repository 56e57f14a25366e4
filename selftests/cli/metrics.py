# SPDX-License-Identifier: GPL-2.0-only
"""What ttmem metrics prints, as others read it, and what Documentation/metrics.rst says of it."""

import os
import re

from manual import read
from trees import CLASS, TOP, TREES

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
    from prometheus_client.parser import text_string_to_metric_families as text_format
    MISSING = ''
except ImportError:
    MISSING = 'python3-prometheus-client is missing'

DOCUMENT = os.path.join(TOP, 'Documentation/metrics.rst')
# What a chip has only if it says something.
RARE = 'dram_oversubscribed 4096\nlast_rejected_ns 1000000000\n'


def printed(trees, arguments):
    """The lines of samples."""
    lines = trees.run(f'ttmem metrics {arguments}').stdout.decode().splitlines()
    return [line for line in lines if not line.startswith('#')]


def names_and_labels(lines):
    """What labels metrics have: {name: labels}."""
    found = {}
    for line in lines:
        name, _, labels = line.partition('{')
        found.setdefault(name.split()[0], set()).update(re.findall(r'(?:^|,)(\w+)="', labels))
    return found


def test_document(tap, trees):
    """All metrics and their labels are documented, and all that are documented there are."""
    path = os.path.join(trees.directory, 'mesh', CLASS, 'tt0/mem/stat')
    stat = read(path).replace('l1_high 0', 'l1_high 80000000') + RARE
    with open(path, 'w', encoding='ascii') as file:
        file.write(stat)
    got = names_and_labels(printed(trees, '-cg -s mesh'))
    said = {name: set(re.findall(r'\w+', labels)) for name, labels in
            re.findall(r'^``(ttmem_\w+)({.*})?``$', read(DOCUMENT), re.M)}
    problems = ''.join(f'{name}{sorted(got.get(name, []))} is printed, and '
                       f'{name}{sorted(said.get(name, []))} documented\n'
                       for name in sorted({*got, *said}) if got.get(name) != said.get(name))
    tap.result('metrics and their labels are those that are documented', problems)
    trees.renew()


def test_number(tap, trees):
    """How many there are."""
    plain, clients, cgroups = (len(printed(trees, f'{option} -s n300-in-use'))
                               for option in ('', '-c', '-g'))
    got = [plain - 1, clients - plain, cgroups - plain]
    said = re.search(r'A chip in use has (\d+) .* client adds (\d+) .* control group adds (\d+) ',
                     read(DOCUMENT), re.S)
    problem = '' if said and [int(number) for number in said.groups()] == got else f'{got}'
    tap.result('there are as many series as is documented', problem)


def samples(families):
    return sorted((sample.name, sorted(sample.labels.items()), sample.value)
                  for family in families for sample in family.samples)


def test_formats(tap, trees):
    """Both are taken by a strict parser, and say the same."""
    for tree in sorted(os.listdir(TREES)):
        problem = ''
        if not MISSING:
            both = [trees.run(f'ttmem metrics -cg {option} -s {tree}').stdout.decode()
                    for option in ('', '--text')]
            try:
                new, old = samples(openmetrics(both[0])), samples(text_format(both[1]))
                problem = '' if new and new == old else f'{new}\nis not\n{old}'
            except ValueError as error:
                problem = str(error)
        tap.result(f'metrics of {tree} in both formats', problem, MISSING)


def test_names(tap, trees):
    """Any name of a process is the value of a label, and nothing else."""
    path = os.path.join(trees.directory, 'mesh/proc/4711/comm')
    problems = ''
    for name in (b'"', b'\\', b'\\"} 1', b'\xff\xfe', b'\xc3\xb6', b'\033[31m', b'a\rb', b'{a="b"}',
                 b'\\n', b'#', b' ', bytes(range(1, 10)), bytes(range(11, 256))):
        with open(path, 'wb') as file:
            file.write(name + b'\n')
        for option, parse in ('', 'openmetrics'), ('--text', 'text_format'):
            text = trees.run(f'ttmem metrics -c {option} -s mesh tt0').stdout.decode('ascii')
            if MISSING:
                continue
            got = [sample[1] for sample in samples(globals()[parse](text))
                   if sample[0] == 'ttmem_client_info']
            wanted = ''.join(chr(byte) if 32 <= byte < 127 else f'\\x{byte:02x}' for byte in name)
            if [dict(labels).get('command') for labels in got] != [wanted]:
                problems += f'{name}: {got}\n'
    tap.result('any name of a process', problems, MISSING)
    trees.renew()


def test_all(tap, trees):
    test_document(tap, trees)
    test_number(tap, trees)
    test_formats(tap, trees)
    test_names(tap, trees)
