# SPDX-License-Identifier: MIT
"""A Perfetto trace as protoc decodes it."""
import codecs
import os
import subprocess

import tap
import world

PROTO = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'trace.proto')


def decode(path):
    """The packets of a trace, messages as lists of (field, value)."""
    with open(path, 'rb') as file:
        done = subprocess.run([world.program('protoc'), '--proto_path', os.path.dirname(PROTO), '--decode=Trace', PROTO], stdin=file,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    tap.same((done.returncode, done.stderr), (0, b''), 'status and complaints of protoc')
    root, stack = [], []
    at = root
    for line in done.stdout.decode('ascii').splitlines():
        line = line.strip()
        if line.endswith(' {'):
            message = []
            at.append((line[:-2], message))
            stack.append(at)
            at = message
        elif line == '}':
            at = stack.pop()
        else:
            key, value = line.split(': ', 1)
            tap.check(not key.isdigit(), f'a field without a name: {line}')
            at.append((key, codecs.escape_decode(value[1:-1])[0].decode('utf-8') if value[0] == '"' else value))
    return [dict_of(message) for _, message in root]


def dict_of(message):
    """Each field's value, or the list of them where it may be repeated."""
    result = {}
    for key, value in message:
        value = dict_of(value) if isinstance(value, list) else value
        if key in ('debug_annotations', 'debug_annotation_names', 'flow_ids', 'terminating_flow_ids', 'categories'):
            result.setdefault(key, []).append(value)
        else:
            tap.check(key not in result, f'{key} twice')
            result[key] = value
    return result


def check_packets(packets):
    """Each says its sequence; only the first forgets what was before it."""
    tap.same({p['trusted_packet_sequence_id'] for p in packets}, {'1'}, 'the sequences')
    tap.same([p['sequence_flags'] for p in packets], ['1'] + ['2'] * (len(packets) - 1), 'the flags')


def tracks(packets):
    """The tracks by uuid; all are plain, ordered by rank and not merged, and parents come first."""
    found = {}
    for packet in packets:
        track = packet.get('track_descriptor')
        if not track:
            continue
        tap.same((track['child_ordering'], track['sibling_merge_behavior']), ('EXPLICIT', 'NONE'), 'order and merging')
        tap.check(track['uuid'] not in found, 'a uuid twice')
        tap.check('parent_uuid' not in track or track['parent_uuid'] in found, 'a parent that comes later')
        found[track['uuid']] = track
    return found


def names_of(packets):
    """The interned keys of annotations."""
    return {n['iid']: n['name'] for p in packets for n in p.get('interned_data', {}).get('debug_annotation_names', [])}


def slices(packets):
    """Begin and end events as Perfetto puts them together: sorted by time, as in the file where that is equal, an end for what began last
    on its track. Returns [(track, begin, end, event, depth)] by begin."""
    known = tracks(packets)
    events = [p for p in packets if p.get('track_event', {}).get('type') in ('TYPE_SLICE_BEGIN', 'TYPE_SLICE_END')]
    events.sort(key=lambda p: int(p['timestamp']))
    open_on, done = {}, []
    for packet in events:
        event = packet['track_event']
        tap.check(event['track_uuid'] in known, 'a track that is not described')
        stack = open_on.setdefault(event['track_uuid'], [])
        if event['type'] == 'TYPE_SLICE_BEGIN':
            stack.append((int(packet['timestamp']), event))
        else:
            tap.check(stack, 'an end without a begin')
            begin, event = stack.pop()
            done.append((event['track_uuid'], begin, int(packet['timestamp']), event, len(stack)))
    tap.check(not any(open_on.values()), 'a begin without an end')
    return done
