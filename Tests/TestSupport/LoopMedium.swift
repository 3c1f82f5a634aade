/// A stick that a test can pull: a file system on a loop device, in a shell that `unshare --mount` gives mounts of its own.
public enum LoopMedium {
    /// Takes the arguments FOLDER and FILE off the front: in FOLDER, `medium/k8s.run` is FILE from then on, of which nothing
    /// is in the page cache. `pull` takes away all of the medium but the file's first MiB: `truncate -s "$kept" image`.
    public static let script = """
        set -e
        cd "$1"; file=$2; shift 2
        truncate -s $(($(stat -c %s "$file") + 67108864)) image
        mkfs.ext4 -q -O ^has_journal image
        mkdir medium
        mount -o loop image medium
        cp "$file" medium/k8s.run
        umount medium
        mount -o loop,ro image medium
        kept=$(filefrag -b4096 -e medium/k8s.run | awk '$1 == "0:" { print $4 * 4096 + 1048576 }')
        pull() { truncate -s "$kept" image; }

        """
}
