# SPDX-License-Identifier: GPL-2.0-only
"""JSON, and Documentation/ttmem.schema.json, which says what it looks like."""

import json
import os

from trees import CLASS, TOP, TREES

try:
    import jsonschema
    MISSING = ''
except ImportError:
    jsonschema = None
    MISSING = 'python3-jsonschema is missing'

with open(os.path.join(TOP, 'Documentation/ttmem.schema.json'), encoding='utf-8') as schema_file:
    SCHEMA = json.load(schema_file)


def problems(text):
    """What is wrong with JSON, one line each."""
    if MISSING:
        return []
    try:
        return check(json.loads(text))
    except ValueError as error:
        return [str(error)]


def check(value):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [error.message.splitlines()[0] for error in validator.iter_errors(value)]


def places(value, path=()):
    """Every value in JSON: (the keys that lead to it, the value)."""
    yield path, value
    items = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, path + (key,))


def replace(value, path, new):
    """A copy of JSON with something else in one place."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replace(value[path[0]], path[1:], new)
    return copy


def test_damage(tap, trees):
    """A schema that takes anything would prove nothing: no value can be of a type of its own."""
    accepted = ''
    for command in 'list', 'ps', 'show':
        whole = trees.json(f'ttmem {command} -J -s mesh')
        for path, value in places(whole):
            new = [-1, 1.5, True, {'a': []}]
            new += [[{}]] if isinstance(value, dict) else ['', 'a\nb'] if value else []
            for wrong in new:
                if not MISSING and not check(replace(whole, path, wrong)):
                    accepted += f'{command}: {path}: {wrong!r}\n'
        for path in (), ('chips', 0), ('clients', 0), ('silent', 0):
            try:
                inner = whole
                for key in path:
                    inner = inner[key]
            except KeyError:
                continue
            if not MISSING and not check(replace(whole, path, inner | {'frobs': 1})):
                accepted += f'{command}: a name that nobody knows in {path}\n'
    line = json.loads(trees.run('ttmem watch -J -s mesh tt0').stdout)
    for path, value in places(line):
        for wrong in -1, 1.5, True, {'a': []}, [{}], '', 'a\nb':
            if not MISSING and wrong != value and not check(replace(line, path, wrong)):
                accepted += f'watch: {path}: {wrong!r}\n'
    for wrong in {'frobs': 1}, {'values': {}}, {'event': 'removed'}, {'time': line['time'][:-1]}:
        if not MISSING and not check(line | wrong):
            accepted += f'watch: {wrong}\n'
    for text in '{}', '[]', '{"version": 1}', '{"version": 2, "chips": []}', '{"chips": []}', \
            '{"version": 1, "clients": []}', '{"version": 1, "chips": [{}]}', '{"version": 1,':
        if not MISSING and not problems(text):
            accepted += f'{text}\n'
    tap.result('the schema refuses what is damaged', accepted, MISSING)


def test_figures(tap, trees):
    """JSON has the figures of mem/stat, as numbers, and null for what is not in it."""
    numbers = ('tensix_enabled', 'tensix_nominal', 'l1_used', 'l1_total', 'dram_used', 'dram_total',
               'l1_largest_free', 'clients')
    keys = ['chip', 'gateway', 'pci', 'arch', *numbers[:4], 'l1_pct', *numbers[4:6], 'dram_pct',
            *numbers[6:], 'age', 'silent']
    for tree in 'n300-in-use', 'p150-idle', 'unknown-chip', 'mesh':
        wrong = ''
        for chip in trees.json(f'ttmem list --json --sysroot {tree}')['chips']:
            path = os.path.join(TREES, tree, CLASS, chip['chip'], 'mem/stat')
            with open(path, encoding='ascii') as file:
                stat = dict(line.rstrip('\n').split(' ', 1) for line in file)
            expected = {name: int(stat[name]) if name in stat else None for name in numbers}
            expected['arch'] = stat.get('arch')
            expected['gateway'] = chip['chip'].split('r')[0] if 'r' in chip['chip'] else None
            if list(chip) != keys:
                wrong += f'{chip["chip"]}: keys {list(chip)}\n'
            wrong += ''.join(f'{chip["chip"]}: {name}: {chip[name]!r} is not {value!r}\n'
                             for name, value in expected.items() if chip[name] != value)
        tap.result(f'JSON of {tree} has the figures of mem/stat', wrong)

    chip, = trees.json('ttmem -J -s n300-in-use')['chips']
    wanted = {'l1_pct': 49, 'dram_pct': 25, 'age': 3, 'silent': 0}
    got = {name: chip[name] for name in wanted}
    tap.result('JSON has percent, age and processes as numbers', '' if got == wanted else f'{got}')


def test_large_numbers(tap, trees):
    """No number of 64 bits loses a digit, anywhere."""
    most = 2 ** 64 - 1
    trees.run(f"sed -i 's/^l1_used .*/l1_used {most}/; s/^l1_total .*/l1_total {most}/'"
              f" n300-in-use/{CLASS}/tt0/mem/stat n300-in-use/{CLASS}/tt0/clients/1/stat")
    chip, = trees.json('ttmem show -J -s n300-in-use')['chips']
    got = [chip['l1_used'], chip['mem']['l1_total'], chip['ps']['clients'][0]['l1_used']]
    got += [int(number) for number in
            trees.run('ttmem -r -n -s n300-in-use -o l1_used').stdout.split()]
    tap.result('numbers of 64 bits are exact', '' if got == 4 * [most] else f'{got}')
    trees.renew()
