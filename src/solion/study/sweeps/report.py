"""x"""
def write_sweep_report(dataset, folder): pass
