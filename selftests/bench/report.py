# SPDX-License-Identifier: GPL-2.0-only
"""What operations may cost, and tables of what they do cost."""

import os

# Operation, the one that it is compared with, and the ratio that it may have, where there is one. A
# figure that is not compared with anything has its budget in instructions.
OPERATIONS = [
    ('null_ioctl', None, None),
    ('report_1', 'null_ioctl', 2.1),
    ('report_5', 'null_ioctl', 2.7),
    ('report_gateway', 'report_5', 12),
    ('report_mesh', 'report_5', 32),
    ('query', 'null_ioctl', None),
    ('declare', 'null_ioctl', None),
    ('failure', 'null_ioctl', None),
    ('look', 'null_ioctl', None),
    ('update_and_look', 'null_ioctl', None),
    ('store_loop', None, None),
    ('page_update', None, 20),
    ('peer_update', 'page_update', None),
    ('peer_update_64', 'page_update', None),
    ('peer_mesh', 'peer_update', None),
    ('pread', None, None),
    ('pread_value', 'pread', 1.1),
    ('pread_value_1000', 'pread', 1.1),
    ('pread_value_pages_1000', 'pread', None),
    ('pread_value_changed_1000', 'pread', None),
    ('page_client', None, 60),
    ('page_client_changed', None, None),
    ('page_client_report', None, None),
    ('stat_read', 'pread_value', 10),
    ('client_stat_read', 'pread_value', None),
    ('open_read_close', None, None),
    ('open_report_close', 'open_read_close', 4),
    ('lsmem', None, None),
    ('ttmem_list', 'lsmem', 2),
    ('ttmem_list_json', 'lsmem', None),
]
# What another way has to cost more, at least.
AT_LEAST = {'peer_update': 25}

# Figures are exact, but for the few instructions that reading the clock takes.
NOISE = 0.1


def verdict(name, value, ratio, limit):
    """The budget of an operation, and whether it is kept: None if there is none."""
    if name in AT_LEAST:
        return f'>= {AT_LEAST[name]:g}x', ratio >= AT_LEAST[name]
    if limit is None:
        return '', None
    if ratio is None:
        return f'<= {limit:g}', value <= limit + NOISE
    return f'<= {limit:g}x', ratio <= limit


def rows(figures):
    """Each operation that was measured: name, value, floor, ratio, budget, whether it is kept."""
    for name, floor, limit in OPERATIONS:
        if name not in figures or floor and floor not in figures:
            continue
        ratio = figures[name] / figures[floor] if floor else None
        yield (name, figures[name], floor, ratio, *verdict(name, figures[name], ratio, limit))


def within_budget(figures):
    return all(kept is not False for *_, kept in rows(figures))


def show_operations(figures, unit):
    counted = unit == 'instructions'
    print(f'\n{"operation":26}{unit:>13}  {"floor":16}{"ratio":>7}  '
          + ('budget     verdict' if counted else ''))
    for name, value, floor, ratio, budget, kept in rows(figures):
        line = f'{name:26}{value:13.1f}  {floor or "":16}'
        line += f'{ratio:6.2f}x' if ratio else ' ' * 7
        if counted:
            line += f'  {budget:11}' + {None: '', True: 'ok', False: 'MISSED'}[kept]
        print(line.rstrip())


def show_growth(figures, what):
    """One line for each operation, one column for each number of clients or chips."""
    table = {}
    for name, value in figures.items():
        parts = name.split('.')
        if parts[0] == 'growth' and parts[2] == what:
            table.setdefault(parts[1], {})[int(parts[3])] = value
    if not table:
        return
    numbers = sorted({number for row in table.values() for number in row})
    print(f'\n{"with more " + what:26}' + ''.join(f'{number:13}' for number in numbers))
    for name, row in table.items():
        print(f'{name:26}' + ''.join(f'{row.get(number, 0):13.1f}' for number in numbers))


def show_prefixed(figures, prefix, title, form):
    found = {name: value for name, value in figures.items() if name.startswith(prefix + '.')}
    if found:
        print(f'\n{title}')
    for name, value in found.items():
        print(f'{name.removeprefix(prefix + "."):26}{form.format(value):>13}')


def show(figures, unit):
    show_operations(figures, unit)
    for what in ('clients', 'chips'):
        show_growth(figures, what)
    show_prefixed(figures, 'memory', 'memory of the kernel, in bytes for each', '{:.0f}')
    show_prefixed(figures, 'contention',
                  f'throughput of each of so many threads, relative to one alone '
                  f'({os.cpu_count()} processors here)', '{:.2f}')
