/** What stands below the flags in `--help`. */
export const EPILOG = `
Examples:
  svc-debug checkout -n shop                      walk the checklist, asking before anything is done
  svc-debug checkout -n shop --from pod/web-0     as that client sees it
  svc-debug checkout -n shop -o json --yes --no-input   unattended

Exit codes: 0 healthy, 1 broken or not there, 2 wrong usage, 3 inconclusive, 4 no access,
            70 a defect of svc-debug, 130 cancelled`;
