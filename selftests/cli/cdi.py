# SPDX-License-Identifier: GPL-2.0-only
"""What ttmem cdi prints is a specification of the Container Device Interface.

CDI's own schema lets almost anything pass, so the rules that are in its text alone are here. They are
those of version 0.3.0: whatever is newer (hostPath, annotations, names that begin with a digit) needs
a higher cdiVersion, which not all runtimes take.
"""

import copy
import glob
import json
import os
import re

from schema import MISSING, jsonschema

PACKAGE = 'golang-github-container-orchestrated-devices-container-device-interface-dev'
SCHEMAS = glob.glob('/usr/share/gocode/src/*/container-orchestrated-devices/'
                    'container-device-interface/schema')
VENDOR = r'[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]'
CLASS = r'[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]'
NAME = r'[A-Za-z]([A-Za-z0-9_.:-]*[A-Za-z0-9])?'
TREES = {'n300-in-use': ['tt0'], 'p150-idle': ['tt0'], 'mesh': ['tt0', 'tt2', 'tt10']}


def schema_problems(spec):
    """What CDI's schema says."""
    with open(os.path.join(SCHEMAS[0], 'schema.json'), encoding='ascii') as file:
        schema = json.load(file)
    resolver = jsonschema.RefResolver(f'file://{SCHEMAS[0]}/', schema)
    validator = jsonschema.Draft7Validator(schema, resolver=resolver)
    return [error.message for error in validator.iter_errors(spec)]


def rule_problems(spec):
    """What CDI's text says, of a specification that its schema takes: (ok, the rule)"""
    devices = spec['devices']
    names = [device['name'] for device in devices]
    edits = [device['containerEdits'] for device in devices]
    nodes = [node for edit in edits for node in edit.get('deviceNodes', [])]
    rules = [
        (set(spec) == {'cdiVersion', 'kind', 'devices'}, 'nothing else is in it'),
        (spec['cdiVersion'] == '0.3.0', 'its version'),
        (re.fullmatch(f'{VENDOR}/{CLASS}', spec['kind']), 'a kind is VENDOR/CLASS'),
        (devices, 'there is a device'),
        (all(re.fullmatch(NAME, name) for name in names), 'names of devices'),
        (len(set(names)) == len(names), 'each name is there once'),
        (all(set(edit) == {'deviceNodes'} and edit['deviceNodes'] for edit in edits),
         'a device brings nodes, and nothing else'),
        (all(set(node) == {'path', 'fileMode', 'permissions'} for node in nodes), 'what a node has'),
        (all(node.get('fileMode') == 0o666 for node in nodes), 'its mode'),
        (all(node['path'].startswith('/dev/') for node in nodes), 'a path is absolute'),
        # No more than what a runtime does: making other nodes (m) is no part of it.
        (all(node.get('permissions') == 'rw' for node in nodes), 'permissions'),
    ]
    return [rule for ok, rule in rules if not ok]


def damages(spec):
    """The specification with one thing wrong."""
    def damaged(change):
        other = copy.deepcopy(spec)
        change(other)
        return other

    first = lambda other: other['devices'][0]
    node = lambda other: first(other)['containerEdits']['deviceNodes'][0]
    yield damaged(lambda other: other.update(cdiVersion='0.9.9'))
    yield damaged(lambda other: other.update(kind='ttmem'))
    yield damaged(lambda other: other.update(version=1))
    yield damaged(lambda other: other['devices'].clear())
    yield damaged(lambda other: other['devices'].append(first(other)))
    yield damaged(lambda other: first(other).update(name='0'))
    yield damaged(lambda other: first(other)['containerEdits'].clear())
    yield damaged(lambda other: node(other).update(path='tt0'))
    yield damaged(lambda other: node(other).update(permissions='rwm'))
    yield damaged(lambda other: node(other).pop('fileMode'))
    yield damaged(lambda other: node(other).update(hostPath='/dev/ttmem/tt0'))


def test_all(tap, trees):
    skip = MISSING or ('' if SCHEMAS else f'{PACKAGE} is missing')
    for tree, chips in TREES.items():
        spec = trees.json(f'ttmem cdi -s {tree}')
        tap.result(f"{tree}: CDI's schema", '\n'.join([] if skip else schema_problems(spec)), skip)
        tap.result(f"{tree}: CDI's rules", '\n'.join(rule_problems(spec)))
        names = {device['name']: [node['path'] for node in device['containerEdits']['deviceNodes']]
                 for device in spec['devices']}
        nodes = [f'/dev/ttmem/{chip}' for chip in chips]
        wanted = {chip: [node] for chip, node in zip(chips, nodes)} | {'all': nodes}
        tap.result(f'{tree}: a device for each chip, and one for all',
                   '' if names == wanted else f'{names}')
    tap.result('the rules refuse what is damaged',
               '\n'.join(f'{other}' for other in damages(spec) if not rule_problems(other)))
    if not skip:
        del spec['devices'][0]['name']
    tap.result("CDI's schema refuses a device without a name",
               '' if skip or schema_problems(spec) else 'it does not', skip)
