"""Which file system a folder lies on, told from the lines that Linux writes of its mounts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_progress.store.database import NETWORK_FILE_SYSTEMS, file_system_of, is_on_network

# As /proc/self/mounts of several machines has them.
MOUNTS = rb"""
sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0
proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0
/dev/sda2 / ext4 rw,relatime,errors=remount-ro 0 0
tmpfs /run tmpfs rw,nosuid,nodev,size=1609036k,mode=755,inode64 0 0
systemd-1 /home autofs rw,relatime,fd=52,pgrp=1,timeout=0,minproto=5,maxproto=5,direct 0 0
filer.example.org:/export/home /home nfs4 rw,relatime,vers=4.2,rsize=1048576,hard,proto=tcp 0 0
/dev/sdb1 /home/local ext4 rw,relatime 0 0
//filer/Team\040Share /mnt/Team\040Share cifs rw,relatime,vers=3.1.1,cache=strict,username=ada 0 0
ada@far:/data /mnt/far fuse.sshfs rw,nosuid,nodev,relatime,user_id=1000,group_id=1000 0 0
10.0.0.1@tcp:10.0.0.2@tcp:/scratch /scratch lustre rw,checksum,flock,lazystatfs 0 0
old:/vol /mnt/old nfs rw,vers=3 0 0
overlay /var/lib/docker/overlay2/f3/merged overlay rw,lowerdir=/l/A:/l/B,upperdir=/u,workdir=/w 0 0
gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw,nosuid,nodev,relatime,user_id=1000 0 0
nas:/a /mnt/back\134slash\011tab\012line nfs4 rw 0 0
nas:/b /mnt/hash\043tag nfs4 rw 0 0
nas:/c /mnt/d\303\251j\303\240 nfs4 rw 0 0
nas:/d /mnt/plus\0400 nfs4 rw 0 0
nas:/e /srv nfs4 rw 0 0
/dev/sdc1 /srv xfs rw,relatime,attr2,inode64 0 0
C:\134 /mnt/c 9p rw,noatime,dirsync,aname=drvfs;path=C:\134;uid=1000,access=client,trans=fd 0 0
"""
# Bytes beyond ASCII stand as they are, be they UTF-8 or not; escaped they are read all the same.
MOUNTS += "nas:/f /mnt/tschüß nfs rw 0 0\n".encode() + b"nas:/f /mnt/\xff\xfe nfs4 rw 0 0\n"


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/", "ext4"),
        ("/var/lib/jupyter", "ext4"),
        ("/home", "nfs4"),  # over the automounter's
        ("/home/ada/.local/share/jupyter/progress", "nfs4"),
        ("/home/local/ada", "ext4"),
        ("/homes/ada", "ext4"),
        ("/mnt/Team Share/progress", "cifs"),
        ("/mnt/Team", "ext4"),
        ("/mnt/far", "fuse.sshfs"),
        ("/scratch/ada", "lustre"),
        ("/mnt/old/x", "nfs"),
        ("/var/lib/docker/overlay2/f3/merged/data", "overlay"),
        ("/run/user/1000/gvfs/share", "fuse.gvfsd-fuse"),
        ("/mnt/back\\slash\ttab\nline/x", "nfs4"),
        ("/mnt/hash#tag", "nfs4"),
        ("/mnt/déjà/x", "nfs4"),
        ("/mnt/tschüß/x", "nfs"),
        ("/mnt/plus 0/x", "nfs4"),
        ("/srv/x", "xfs"),
        ("/mnt/c/Users", "9p"),
        (os.fsdecode(b"/mnt/\xff\xfe/x"), "nfs4"),
    ],
)
def test_folder_lies_on_the_innermost_mount(folder: str, expected: str) -> None:
    assert file_system_of(Path(folder), MOUNTS) == expected


def test_what_no_mount_says_is_not_known() -> None:
    for mounts in (b"", b"\n\n", b"torn\n/dev/sda1", b"none /elsewhere tmpfs rw 0 0\n"):
        assert file_system_of(Path("/home"), mounts) == ""


def test_network_file_systems_are_those_that_share_no_memory() -> None:
    for kind in ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "lustre", "9p", "ceph"):
        assert kind in NETWORK_FILE_SYSTEMS
    for kind in ("ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs", "apfs", "fuse.gvfsd-fuse", ""):
        assert kind not in NETWORK_FILE_SYSTEMS


@pytest.mark.skipif(sys.platform != "linux", reason="known on Linux alone")
def test_mount_with_a_strange_name_is_found_in_this_machines_own_words(tmp_path: Path) -> None:
    mount = tmp_path / "a b\\c\té#1"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", mount], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a tmpfs here")
    try:
        assert file_system_of(mount / "x", Path("/proc/self/mounts").read_bytes()) == "tmpfs"
        assert not is_on_network(mount / "log-0.db")
    finally:
        subprocess.run(["umount", mount], check=True)
