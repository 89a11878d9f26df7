#!/bin/sh
# Makes the virtual environment and installs one of the hash-pinned sets: install.sh VENV runtime|dev
# No build back end is needed: the package is put on the path by a .pth file and a two-line command.
set -eu
venv=$1
set_name=$2
python=${PYTHON:-python3}

fail() { printf '%s\n' "peilstok: $*" >&2; exit 2; }

command -v "$python" >/dev/null 2>&1 || fail "no $python found. Install Python 3.11 or newer, or say which one: make PYTHON=python3.12 ..."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version) is too old; Peilstok needs Python 3.11 or newer: make PYTHON=python3.12 ..."

if [ ! -x "$venv/bin/pip" ]; then
    printf 'Making the virtual environment %s\n' "$venv"
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        # Debian and Ubuntu split venv off; as root it can be had at once.
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            printf 'Installing python3-venv (a minute at most)\n'
            apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
        else
            fail "this Python cannot make virtual environments. On Debian or Ubuntu: sudo apt install python3-venv"
        fi
    fi
    "$python" -m venv "$venv"
fi

printf 'Installing the %s requirements (hash-pinned); the first time this takes a minute or two\n' "$set_name"
began=$(date +%s)
quiet=--quiet
if [ -t 1 ]; then quiet=; fi # on a terminal pip shows its own progress
# shellcheck disable=SC2086
"$venv/bin/pip" install $quiet --require-hashes --only-binary :all: --no-deps -r "requirements/$set_name.txt"

site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf 'Installed after %s s\n' "$(($(date +%s) - began))"
printf '%s\n' "$(pwd)/src" > "$site/peilstok.pth"
cat > "$venv/bin/peilstok" <<'EOF'
#!/bin/sh
'''exec' "$(dirname "$0")/python" "$0" "$@"
' '''
from peilstok.cli import main

main()
EOF
chmod +x "$venv/bin/peilstok"

touch "$venv/.runtime"
if [ "$set_name" = dev ]; then touch "$venv/.dev"; fi
