import { walkScenarios } from './walks.ts';

walkScenarios(0, 4);
