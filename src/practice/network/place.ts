export interface NetworkPlace { ip: string }
