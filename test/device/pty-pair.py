"""A serial device for the tests: one pty whose far end is controlled over stdin.

usage: pty-pair.py LINK      LINK becomes a symlink to the tty the program opens.
stdin, one command a line:   write HEX | pace HEX MICROSECONDS | unplug | plug | mute | listen | quit
stdout, one event a line:    plugged TTY | unplugged | read HEX | done
"""
import os
import select
import sys
import time
import tty

link = sys.argv[1]
ends = None  # (master, slave)
listening = True


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def plug():
    global ends
    master, slave = os.openpty()
    # Kept open and raw here, so that bytes written before the program opens the tty are neither lost nor echoed.
    tty.setraw(slave)
    name = os.ttyname(slave)
    ends = (master, slave)
    os.symlink(name, link)
    say("plugged " + name)


def unplug():
    global ends
    os.unlink(link)
    for end in ends:
        os.close(end)
    ends = None
    say("unplugged")


def command(line):
    global listening
    word, *rest = line.split()
    if word == "write":
        os.write(ends[0], bytes.fromhex(rest[0]))
    elif word == "pace":
        for byte in bytes.fromhex(rest[0]):
            os.write(ends[0], bytes([byte]))
            time.sleep(int(rest[1]) / 1e6)
        say("done")
    elif word == "plug":
        plug()
    elif word == "unplug":
        unplug()
    elif word == "mute":
        listening = False
    elif word == "listen":
        listening = True
    elif word == "quit":
        sys.exit(0)


plug()
pending = b""
try:
    while True:
        sources = [0] + ([ends[0]] if ends and listening else [])
        ready, _, _ = select.select(sources, [], [])
        if len(ready) > 0 and ready[-1] != 0:
            say("read " + os.read(ends[0], 65536).hex())
        if 0 in ready:
            chunk = os.read(0, 65536)
            if not chunk:
                break
            pending += chunk
            *lines, pending = pending.split(b"\n")
            for line in lines:
                command(line.decode())
finally:
    if ends:
        os.unlink(link)
