/** Ways out that several findings share, each with what it risks. */
export const SYNC = () =>
  'Make kube-proxy write its rules anew: any change of a Service does, such as a label (harmless)';
export const RESTART = () =>
  'Restart kube-proxy on that node; existing connections live on, rules are written anew in seconds';
export const REWRITE = () =>
  'Throw its table away and make kube-proxy write it anew: a restart alone would leave it as it is. Until then, seconds after a restart, new connections to Services fail from that node';
/** In each form in which kube-proxy runs. The flag wins over its configuration file. */
export const LOUDER = {
  verbose: () =>
    'Its log says too little: raise it to -v=4 (restarts kube-proxy on one node after another), read, and undo it',
  'verbose-edit': () =>
    'Its log says too little: put --v=4 into the line that starts it (restarts kube-proxy on one node after another), read, and undo it',
  'verbose-static': () =>
    'Its log says too little: put --v=4 behind its arguments in this file of the node (the kubelet starts it anew), read, and take it out again',
  'verbose-agent': () =>
    'Its log says too little: give it v=4 in this file of the node, restart the agent (kube-proxy is a part of it; pods run on), read, and undo it',
};
export const CORDON = () => 'Until then keep new pods off the node; those that run there stay (undo: kubectl uncordon)';
export const LOOK_AT_CONFIG = () =>
  'Check its configuration; kubeadm keeps no history of it, so compare with a cluster that works';
export const ROLL_BACK_CONFIG = () =>
  'It was changed since it was last applied: go back to what was applied then, and start kube-proxy anew (what was changed since is lost: keep a copy)';
