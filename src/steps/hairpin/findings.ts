type Asked = { pod: string; port: string; asked: number; failures: number; backends: number };

declare module '../../model/finding.ts' {
  interface Findings {
    'hairpin/fails': { params: Asked & { service: string }; remedies: 'hairpin-mode' };
  }
  interface Observations {
    'hairpin.reached': Asked;
    'hairpin.failed': Asked;
    'hairpin.cannot-tell': Asked;
    'hairpin.not-asked': Record<string, never>;
    'hairpin.no-backend': Record<string, never>;
    'hairpin.no-cluster-ip': Record<string, never>;
  }
}

export {};
